/** Writes the configuration of HAProxy: what the router does with a request and with its answer. */
import { STATUS_CODES } from 'node:http';
import { isIPv6 } from 'node:net';

/** Names of files in HAProxy's working directory. */
export const FILES = {
  configuration: 'haproxy.cfg',
  /** The instances; route.ts describes it. */
  route: 'route.map',
  /** The answer when no instance answers. */
  failure: 'failure.http',
  socket: 'control.sock',
  /** Where the foundry serves the controls on the app's page. */
  pageControl: 'page-control.sock',
};

export const PATHS = {
  /** Of the controls on the app's page. */
  control: '/foundry/',
  /** The page asks there whether a foundry has controls for it. Any answer of the app will do. */
  offer: '/status/health',
};

export const THIS_MACHINE = '127.0.0.1';

export interface Listening {
  port: number;
  /** An address besides 127.0.0.1, or that one. */
  host: string;
  /** Whether the app's page has controls of the foundry. */
  hasPageControl: boolean;
}

const FAILURE_TEXT = '502 Bad Gateway: Registered endpoint failed to handle the request.\n';

/** A whole answer, in the words of the platform's router. HAProxy sends it as it is. */
export const FAILURE = `HTTP/1.1 502 Bad Gateway\r
Content-Length: ${FAILURE_TEXT.length}\r
Content-Type: text/plain; charset=utf-8\r
X-Cf-RouterError: endpoint_failure\r
X-Content-Type-Options: nosniff\r
\r
${FAILURE_TEXT}`;

const ROUTE = "route ('%[req.hdr(Host)]')";
const PROCESS = "process guid ('%[var(txn.wanted),field(1,:)]')";
const INDEX = "('%[var(txn.wanted),field(2,:)]')";

/** Rules without their conditions. */
const REFUSE_MALFORMED = refusal(
  400,
  'Invalid X-CF-Process-Instance Header',
  'invalid_cf_process_instance_header',
);
const REFUSE_INDEX = refusal(
  400,
  `Requested instance ${INDEX} with ${PROCESS} does not exist for ${ROUTE}`,
);
const REFUSE_PROCESS = refusal(
  400,
  `Requested instance with ${PROCESS} does not exist for ${ROUTE}`,
);
const REFUSE_ROUTE = refusal(404, `Requested ${ROUTE} does not exist.`);
const REFUSE_EMPTY = refusal(503, `Requested ${ROUTE} has no available endpoints.`, 'no_endpoints');

const PROCESS_INSTANCE = String.raw`^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}(:\d+)?$`;

/** The attributes of the app's cookie that the platform's router gives to its own. */
const COPIED = String.raw`(secure|partitioned|(samesite|expires)=[^;]*|max-age=(0|-\d+))`;
const NOT_COPIED = String.raw`;(?! *${COPIED} *(;|$))[^;]*`;
const ALL_ATTRIBUTES = String.raw`(.*\n)*set-cookie: *JSESSIONID=[^;\r]*([^\r]*)\r\n(.*\n)*`;

/** Returns a configuration with one section for each of three attempts to get an answer. */
export function formatConfiguration(listening: Listening, processGuid: string): string {
  return String.raw`# The router of the foundry, whose configuration.ts has written this.
# A variable named txn.… belongs to one request.
global
    # Through this socket, the foundry replaces route.map
    stats socket unix@${FILES.socket} mode 600 level admin
    # Otherwise HAProxy reserves memory for as many connections as the machine allows
    fd-hard-limit 20000
    set-var proc.turn int(0)

defaults
    mode http
    timeout connect 5s
    # As long as the platform's router waits
    timeout client 15m
    timeout server 15m
    # Clients share the connections to an instance
    http-reuse always
    # The events of a stream do not wait for each other
    option http-no-delay
    # When an instance refuses the connection, or ends it without an answer, the request goes to the
    # other server of the section at once: that is the next attempt
    retries 1
    option redispatch 1
    retry-on conn-failure empty-response
    # A connection that ends without an answer; no connection; no answer in time
    errorfile 502 ${FILES.failure}
    errorfile 503 ${FILES.failure}
    errorfile 504 ${FILES.failure}

frontend router
${listAddresses(listening)
  .map((address) => `    bind ${address}`)
  .join('\n')}
${listening.hasPageControl ? offerPageControl() : ''}
    default_backend attempt-1

backend attempt-1
${readRequest()}
    acl is_wanted var(txn.wanted) -m found
    acl is_well_formed var(txn.wanted) -m reg '${PROCESS_INSTANCE}'
    acl has_index var(txn.wanted) -m sub :
    acl is_known_process var(txn.wanted),field(1,:) -m str ${processGuid}
    ${REFUSE_MALFORMED} if is_wanted !is_well_formed

    http-request set-var(txn.instances) str(instances),map(route.map)
    ${REFUSE_ROUTE} unless { var(txn.instances) -m found }
    ${REFUSE_EMPTY} if { var(txn.instances) -m str 0 }

    # The instance that the client asks for, that it sticks to, or whose turn it is
    http-request set-var(txn.instance) var(txn.wanted),map(route.map)
    ${REFUSE_INDEX} if has_index !is_chosen
    ${REFUSE_PROCESS} if is_wanted !is_known_process
    http-request set-var(txn.instance) var(txn.sticky),map(route.map) if !is_wanted
    http-request set-var(proc.turn) var(proc.turn),add(1) unless is_chosen
    http-request set-var(txn.instance) var(proc.turn),mod(txn.instances),map(route.map) unless is_chosen
    # The route has become shorter since the lookup of its length
    http-request set-var(txn.instance) str(0),map(route.map) unless is_chosen

    http-request set-var(txn.id) uuid()
    http-request set-header X-Vcap-Request-Id %[var(txn.id)]
    http-response set-header X-Vcap-Request-Id %[var(txn.id)]
    option forwardfor
    http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
    http-request set-header X-CF-ApplicationID ${processGuid}
${forward()}
    server attempt-2 unix@attempt-2.sock pool-max-conn 0

listen attempt-2
    bind unix@attempt-2.sock mode 600
${readRequest()}
${chooseNext()}
${forward()}
    server attempt-3 unix@attempt-3.sock pool-max-conn 0

listen attempt-3
    bind unix@attempt-3.sock mode 600
    retries 0
${readRequest()}
${chooseNext()}
${forward()}

backend page-control
    server foundry unix@${FILES.pageControl}
`;
}

/** The wildcards include 127.0.0.1. */
function listAddresses({ host, port }: Listening): string[] {
  if (host === '::') return [`[::]:${port} v4v6`];
  if (host === '0.0.0.0') return [`0.0.0.0:${port}`];
  return [...new Set([THIS_MACHINE, host])].map(
    (address) => `${isIPv6(address) ? `[${address}]` : address}:${port}`,
  );
}

/**
 * For browsers on this machine alone: not through a proxy, and not under another name, which a page of
 * another site could have led to 127.0.0.1 (DNS rebinding). The app answers all others.
 */
function offerPageControl(): string {
  return String.raw`
    acl is_here src 127.0.0.0/8 ::1
    acl names_here req.hdr(Host) -m reg -i '^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$'
    acl is_proxied req.hdr(X-Forwarded-For) -m found
    acl is_proxied req.hdr(Forwarded) -m found
    http-request set-var(txn.is_offered) bool(1) if { path ${PATHS.offer} } is_here names_here !is_proxied
    http-response set-header X-Foundry-Control ${PATHS.control} if { var(txn.is_offered) -m found }
    use_backend page-control if { path_beg ${PATHS.control} } is_here names_here !is_proxied`;
}

/** No other key of the map is as long as the GUID in the router's cookie. */
function readRequest(): string {
  return String.raw`
    # X-Cf-Process-Instance: PROCESS[:INDEX], and the cookie for an app that sets JSESSIONID
    http-request set-var(txn.wanted) req.fhdr(X-Cf-Process-Instance)
    http-request set-var(txn.sticky) req.cook(__VCAP_ID__) if { req.cook(JSESSIONID) -m found } { req.cook(__VCAP_ID__) -m len 36 }
    acl is_chosen var(txn.instance) -m found`;
}

function chooseNext(): string {
  return String.raw`
    # The instance that the client asks for, or the one after that of the attempt before
    http-request set-var(txn.instance) var(txn.wanted),map(route.map)
    http-request set-var(txn.instance) req.hdr(X-CF-InstanceID),map(route.map),field(4,:),map(route.map) unless is_chosen
    # That instance has left the route
    http-request set-var(txn.instance) str(0),map(route.map) unless is_chosen`;
}

function forward(): string {
  return String.raw`
    # The route has become empty
    http-request deny deny_status 502 unless is_chosen
    http-request set-header X-CF-InstanceID %[var(txn.instance),field(1,:)]
    http-request set-header X-CF-InstanceIndex %[var(txn.instance),field(2,:)]
    http-request set-dst-port var(txn.instance),field(3,:)
    # A request with another method is not repeated once it is sent
    http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE }

    # Describes the connection to the instance, not that to the client
    http-response del-header Keep-Alive

    # The client sticks to this instance if the app sets JSESSIONID, or if its former one is gone
    acl sets_session res.cook(JSESSIONID) -m found
    acl sets_instance res.cook(__VCAP_ID__) -m found
    acl is_sticky var(txn.sticky) -m found
    acl is_same var(txn.instance),field(1,:),strcmp(txn.sticky) eq 0
    http-response set-var(txn.attributes) 'res.hdrs,regsub("${ALL_ATTRIBUTES}","\2",i),regsub("${NOT_COPIED}","",gi)' if sets_session
    http-response add-header Set-Cookie "__VCAP_ID__=%[var(txn.instance),field(1,:)]; Path=/; HttpOnly%[var(txn.attributes)]" if sets_session !sets_instance or is_sticky !is_same !sets_instance

    # At the port that was set above. Threads keep idle connections, instead of taking each other's
    use-server instance if TRUE
    server instance 127.0.0.1 pool-low-conn 10000`;
}

/** Returns an answer in the words of the platform's router, as a rule without its condition. */
function refusal(status: number, message: string, error = 'unknown_route'): string {
  const cacheControl = status === 503 ? 'public,max-age=2' : 'no-cache, no-store';
  return [
    `http-request return status ${status}`,
    'content-type "text/plain; charset=utf-8"',
    'hdr X-Content-Type-Options nosniff',
    `hdr X-Cf-RouterError ${error}`,
    `hdr Cache-Control "${cacheControl}"`,
    String.raw`lf-string "${status} ${STATUS_CODES[status]}: ${message}\n"`,
  ].join(' ');
}
