/** Mounts the parts of the page. */
import { mountKeys } from './keys.js';
import { mountRedis } from './redis.js';

mountRedis(document.querySelector('.redis'), document.querySelector('[data-instance]'));
mountKeys(document.querySelector('.keys'));
