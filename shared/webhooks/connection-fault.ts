/** Readable messages for Node's connection error codes. The first match wins. */
const FAULTS: readonly (readonly [codes: RegExp, sentence: (host: string) => string])[] = [
  [/^(ENOTFOUND|ENODATA|EAI_|ESERVFAIL|ETIMEOUT)/, (host) => `The name ${host} was not found.`],
  [/^ECONNREFUSED$/, (host) => `${host} refused the connection.`],
  [/^(ECONNRESET|EPIPE)$/, (host) => `${host} closed the connection before it answered.`],
  [/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/, (host) => `${host} could not be reached.`],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, (host) => `The certificate of ${host} is for another name.`],
  [/^CERT_HAS_EXPIRED$/, (host) => `The certificate of ${host} has expired.`],
  [/^CERT_NOT_YET_VALID$/, (host) => `The certificate of ${host} is not valid yet.`],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_)/,
    (host) => `The certificate of ${host} is not from a trusted authority.`,
  ],
  [/^(EPROTO|ERR_SSL_|ERR_TLS_)/, (host) => `${host} and this service could not agree on a TLS connection.`],
  [/^HPE_/, (host) => `The response from ${host} was not valid HTTP.`],
];

/**
 * Why a receiver could not be reached, for the list of deliveries. Does not reveal IP addresses to users.
 * @param code of Node's error; any other text gives a general sentence
 */
export function connectionFault(host: string, code: string): string {
  const [, sentence] = FAULTS.find(([codes]) => codes.test(code)) ?? [];
  return sentence?.(host) ?? `The connection to ${host} failed.`;
}
