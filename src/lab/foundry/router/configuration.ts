/** Writes the configuration of HAProxy: what the router does with a request and with its answer. */

/** Names of files in HAProxy's working directory. */
export const FILES = {
  configuration: 'haproxy.cfg',
  /** The instances; route.ts describes it. */
  route: 'route.map',
  /** The answer when no instance answers. */
  failure: 'failure.http',
  socket: 'control.sock',
};

const FAILURE_TEXT = '502 Bad Gateway: Registered endpoint failed to handle the request.\n';

/** A whole answer: HAProxy sends it as it is. */
export const FAILURE = `HTTP/1.1 502 Bad Gateway\r
Content-Length: ${FAILURE_TEXT.length}\r
Content-Type: text/plain; charset=utf-8\r
X-Cf-RouterError: endpoint_failure\r
X-Content-Type-Options: nosniff\r
\r
${FAILURE_TEXT}`;

/** The header by which a request asks for one instance, as PROCESS or PROCESS:INDEX. */
const WANTED = 'req.fhdr(X-Cf-Process-Instance)';
const WANTED_FORMAT = String.raw`'^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}(:\d+)?$'`;

const ROUTE = "route ('%[req.hdr(Host)]')";
const PROCESS = `process guid ('%[${WANTED},field(1,:)]')`;
const INDEX = `('%[${WANTED},field(2,:)]')`;

const NEVER = 'no-cache, no-store';
const BRIEFLY = 'public,max-age=2';

/** The attributes of the app's cookie that the platform's router copies, and all others. */
const COPIED = String.raw`(secure|partitioned|(samesite|expires)=[^;]*|max-age=(0|-\d+))`;
const NOT_COPIED = String.raw`";(?! *${COPIED} *(;|$))[^;]*"`;
const ATTRIBUTES_OF_SESSION = String.raw`"(.*\n)*set-cookie: *JSESSIONID=[^;\r]*([^\r]*)\r\n(.*\n)*"`;

/** Three sections of HAProxy, one for each attempt to find an instance that does not refuse. */
export function formatConfiguration(port: number, processGuid: string): string {
  return String.raw`# The router of a foundry. Variables named txn.… belong to one request.
global
    # The foundry writes the route through this socket
    stats socket unix@${FILES.socket} mode 600 level admin
    # Without a limit, HAProxy takes memory for as many connections as the machine allows
    fd-hard-limit 20000
    set-var proc.turn int(0)

defaults
    mode http
    timeout connect 5s
    timeout client 15m
    timeout server 15m
    # All clients share the connections to an instance
    http-reuse always
    # Events are sent at once
    option http-no-delay
    # The section's other server gets a request whose connection is refused, or broken off in vain
    retries 1
    retry-on conn-failure empty-response
    option redispatch 1
    # An instance broke off, refused the last attempt, or says nothing
    errorfile 502 ${FILES.failure}
    errorfile 503 ${FILES.failure}
    errorfile 504 ${FILES.failure}

listen first-attempt
    bind 127.0.0.1:${port}
    acl is_chosen var(txn.instance) -m found

    # A request may ask for one instance by X-Cf-Process-Instance
    acl is_wanted ${WANTED} -m found
    acl is_well_formed ${WANTED} -m reg ${WANTED_FORMAT}
    acl has_index ${WANTED} -m sub :
    acl is_known_process ${WANTED},field(1,:) -m str ${processGuid}
    ${refuse('400 Bad Request', 'invalid_cf_process_instance_header', 'Invalid X-CF-Process-Instance Header', NEVER)} if is_wanted !is_well_formed

    http-request set-var(txn.instances) str(instances),map(${FILES.route})
    ${refuse('404 Not Found', 'unknown_route', `Requested ${ROUTE} does not exist.`, NEVER)} unless { var(txn.instances) -m found }
    ${refuse('503 Service Unavailable', 'no_endpoints', `Requested ${ROUTE} has no available endpoints.`, BRIEFLY)} if { var(txn.instances) -m str 0 }

    http-request set-var(txn.instance) ${WANTED},map(${FILES.route})
    ${refuse('400 Bad Request', 'unknown_route', `Requested instance ${INDEX} with ${PROCESS} does not exist for ${ROUTE}`, NEVER)} if has_index !is_chosen
    ${refuse('400 Bad Request', 'unknown_route', `Requested instance with ${PROCESS} does not exist for ${ROUTE}`, NEVER)} if is_wanted !is_known_process

    # Sticky sessions, for an app that sets a cookie named JSESSIONID
    http-request set-var(txn.instance) req.cook(__VCAP_ID__),map(${FILES.route}) if !is_wanted { req.cook(JSESSIONID) -m found }

    # Round robin for all others
    http-request set-var(proc.turn) var(proc.turn),add(1) unless is_chosen
    http-request set-var(txn.instance) var(proc.turn),mod(txn.instances),map(${FILES.route}) unless is_chosen
    # The number of instances has changed since it was read
    http-request set-var(txn.instance) str(0),map(${FILES.route}) unless is_chosen

    http-request set-var(txn.id) uuid()
    http-request set-header X-Vcap-Request-Id %[var(txn.id)]
    http-response set-header X-Vcap-Request-Id %[var(txn.id)]
    option forwardfor
    http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
    http-request set-header X-CF-ApplicationID ${processGuid}
${forward('second-attempt')}
${attemptAgain('second-attempt', 'third-attempt')}
${attemptAgain('third-attempt')}`;
}

/** The request comes back with the headers of the instance that has refused it. */
function attemptAgain(name: string, next?: string): string {
  return `
listen ${name}
    bind unix@${name}.sock mode 600
    acl is_chosen var(txn.instance) -m found
    http-request set-var(txn.instance) ${WANTED},map(${FILES.route})
    # The one whose turn is next
    http-request set-var(txn.instance) req.hdr(X-CF-InstanceID),map(${FILES.route}),field(4,:),map(${FILES.route}) unless is_chosen
    # The other one has left in the meantime
    http-request set-var(txn.instance) str(0),map(${FILES.route}) unless is_chosen
    http-request deny deny_status 502 unless is_chosen
${forward(next)}`;
}

function forward(next: string | undefined): string {
  return `
    # To the chosen instance
    http-request set-var(txn.guid) var(txn.instance),field(1,:)
    http-request set-header X-CF-InstanceID %[var(txn.guid)]
    http-request set-header X-CF-InstanceIndex %[var(txn.instance),field(2,:)]
    http-request set-dst-port var(txn.instance),field(3,:)
    # Only these may have reached an instance when they are repeated
    http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE }

    # Describes the connection to the instance, not that to the client
    http-response del-header Keep-Alive

    # The browser sticks to this instance from now on
    acl sets_session res.cook(JSESSIONID) -m found
    acl sets_instance res.cook(__VCAP_ID__) -m found
    http-request set-var(txn.sticky) req.cook(__VCAP_ID__) if { req.cook(JSESSIONID) -m found }
    acl is_sticky var(txn.sticky) -m found
    acl is_same var(txn.sticky),strcmp(txn.guid) eq 0
    http-response set-var(txn.attributes) 'res.hdrs,regsub(${ATTRIBUTES_OF_SESSION},"\\2",i),regsub(${NOT_COPIED},"",gi)' if sets_session
    http-response add-header Set-Cookie "__VCAP_ID__=%[var(txn.guid)]; Path=/; HttpOnly%[var(txn.attributes)]" if !sets_instance sets_session or !sets_instance is_sticky !is_same

    use-server instance if TRUE
    server instance 127.0.0.1
    ${next ? `server ${next} unix@${next}.sock pool-max-conn 0` : 'retries 0'}
`;
}

/** A rule without its condition: an answer in the words of the platform's router. */
function refuse(status: string, error: string, message: string, cacheControl: string): string {
  return String.raw`http-request return status ${status.slice(0, 3)} content-type "text/plain; charset=utf-8" hdr X-Cf-RouterError ${error} hdr X-Content-Type-Options nosniff hdr Cache-Control "${cacheControl}" lf-string "${status}: ${message}\n"`;
}
