/** {@code respond} and {@code serve}: loads models and an index, and answers lines or requests. */
package io.dialogbert.respond.job;
