/** Faults in how a binding is read. */
import type { Mutant } from '../mutant.ts';

const CREDENTIALS = 'test/cloudfoundry/credentials.test.ts';
const FIXTURES = 'test/cloudfoundry/fixtures.test.ts';
const SOURCES = 'test/cloudfoundry/sources.test.ts';

export const cloudfoundry: Mutant[] = [
  {
    breaks: 'a plain no to TLS goes before all hints',
    file: 'src/cloudfoundry/common-fields.ts',
    search: "readBoolean(fields, ['tls', 'tls_enabled', 'ssl', 'ssl_enabled'])",
    replace: "(readBoolean(fields, ['tls', 'tls_enabled', 'ssl', 'ssl_enabled']) || null)",
    suite: CREDENTIALS,
    test: 'of tls_enabled as text',
  },
  {
    breaks: 'the TLS port is taken with TLS',
    file: 'src/cloudfoundry/common-fields.ts',
    search: 'tls ? (tlsPort ?? port) : (port ?? tlsPort)',
    replace: 'tls ? (port ?? tlsPort) : (port ?? tlsPort)',
    suite: CREDENTIALS,
    test: 'tls_enabled true takes the TLS port',
  },
  {
    breaks: 'links that lead nowhere do not keep a binding from being read',
    file: 'src/cloudfoundry/binding-root.ts',
    search: '    if (!typeOf(path)?.isFile()) continue;',
    replace: '    if (!typeOf(path)) continue;',
    suite: FIXTURES,
    test: 'is read as Kubernetes mounts it',
  },
  {
    breaks: 'what Kubernetes keeps under names like ..data is no service',
    file: 'src/cloudfoundry/binding-root.ts',
    search: "!name.startsWith('.')",
    replace: "!name.startsWith('...')",
    suite: FIXTURES,
    test: 'is read as Kubernetes mounts it',
  },
  {
    breaks: 'tls_enabled=false insists on the plain port',
    file: 'src/cloudfoundry/binding.ts',
    search: "tls_enabled === 'false' ? false : null",
    replace: "tls_enabled === 'no' ? false : null",
    suite: SOURCES,
    test: 'tls_enabled false takes port 6379',
  },
  {
    breaks: 'the same problem is told once',
    file: 'src/cloudfoundry/binding.ts',
    search: '[...new Set(problems)]',
    replace: 'problems',
    suite: SOURCES,
    test: 'that is no regular expression is a problem',
  },
  {
    breaks: 'Sentinels with both ports are asked over TLS at the TLS port',
    file: 'src/cloudfoundry/credentials.ts',
    search: '(tls && listed.tlsPort) ?? listed.port',
    replace: 'listed.port ?? (tls && listed.tlsPort)',
    suite: CREDENTIALS,
    test: 'of both a plain and a TLS port, with TLS',
  },
  {
    breaks: 'a binding that lists sentinels is no standalone server',
    file: 'src/cloudfoundry/credentials.ts',
    search: '[readSentinel, readCluster, readReplicated, readStandalone]',
    replace: '[readStandalone, readSentinel, readCluster, readReplicated]',
    suite: CREDENTIALS,
    test: 'Sentinel credentials of SAP, with the master name in the URI',
  },
  {
    breaks: 'the value of a field that cannot be read is not told',
    file: 'src/cloudfoundry/fields.ts',
    search: "throw unreadable(found.name, 'true or false')",
    replace: 'throw unreadable(found.name, text)',
    suite: CREDENTIALS,
    test: 'with a flag that is none name the field and no value',
  },
  {
    breaks: 'special characters of a password need not be escaped',
    file: 'src/cloudfoundry/redis-uri.ts',
    search: '(isWellFormed ? authority : afterScheme).lastIndexOf',
    replace: '(isWellFormed || authority ? authority : afterScheme).lastIndexOf',
    suite: CREDENTIALS,
    test: 'of a URI with an unescaped password',
  },
  {
    breaks: 'a tag that only begins like Redis is no sign of it',
    file: 'src/cloudfoundry/services.ts',
    search: '/^(redis|valkey)$/i',
    replace: '/^(redis|valkey)/i',
    suite: SOURCES,
    test: 'is told as a Redis by a tag that only begins so',
  },
  {
    breaks: 'SERVICE_BINDING_ROOT goes before REDIS_URL',
    file: 'src/cloudfoundry/sources.ts',
    search: '  fromBindingRoot,\n  fromRedisUrl,\n]',
    replace: '  fromRedisUrl,\n  fromBindingRoot,\n]',
    suite: FIXTURES,
    test: 'SERVICE_BINDING_ROOT goes before REDIS_URL',
  },
];
