/**
 * Answers the turns of a dialogue by three tasks: query similarity, reply matching and reaction
 * classification.
 */
package io.dialogbert.respond;
