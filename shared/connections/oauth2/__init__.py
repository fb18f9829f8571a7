"""OAuth 2: access that a person grants (RFC 6749, PKCE of RFC 7636), or a client has by itself."""
