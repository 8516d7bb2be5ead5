/**
 * The HTTP server of {@code serve}: JSON, a page, limits, metrics. Holds no text after a request.
 */
package io.dialogbert.respond.http;
