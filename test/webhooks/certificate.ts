/**
 * A self-signed certificate for hook.example, valid until 2126, and its key, which protects nothing:
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=hook.example -addext subjectAltName=DNS:hook.example`
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUTYBWov1YTEjYKKGsalz2bBkbsSUwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMaG9vay5leGFtcGxlMCAXDTI2MTEyNTIxMDI0NVoYDzIxMjYx
MTAxMjEwMjQ1WjAXMRUwEwYDVQQDDAxob29rLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQmW0H+584ASGDCDacTsQC1daZzGCI6rE+B5O0qfQ/O6CPK
CEfW/aw7oLWq8+RtdWX/zmXbBB/8B0cXTdR2W8pRo2wwajAdBgNVHQ4EFgQUqFpA
Jnh9Uk8Rwk6+i/AZ4iWtG6gwHwYDVR0jBBgwFoAUqFpAJnh9Uk8Rwk6+i/AZ4iWt
G6gwDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxob29rLmV4YW1wbGUwCgYI
KoZIzj0EAwIDSAAwRQIhAOA564+A9gADTNWZMY35Oale1TaQc1ITPgw9ztEXpN6L
AiAbHpuoX8U3W3U9aipsafhnj5/sD1DKgbRsyc20dtnixQ==
-----END CERTIFICATE-----
`;
export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxuAzfbADTs7hRHr1
GWl1DYBaRY/fKyCYlDHVWjwnwBahRANCAAQmW0H+584ASGDCDacTsQC1daZzGCI6
rE+B5O0qfQ/O6CPKCEfW/aw7oLWq8+RtdWX/zmXbBB/8B0cXTdR2W8pR
-----END PRIVATE KEY-----
`;
