/** Mounts the parts of the page. */
import { mountKeys } from './keys.js';
import { mountRedis } from './redis.js';
import { mountSession } from './session.js';

mountSession(document.querySelector('.session'));
mountRedis(document.querySelector('.redis'), document.querySelector('[data-instance]'));
mountKeys(document.querySelector('.keys'));
