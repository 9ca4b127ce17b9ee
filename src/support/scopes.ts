/** Scope of the REST API. */
export const API_SCOPE = "cardata:api:read";
/** Scope of the stream. */
export const STREAM_SCOPE = "cardata:streaming:read";
export const REQUESTED_SCOPES = ["authenticate_user", "openid", API_SCOPE, STREAM_SCOPE] as const;
