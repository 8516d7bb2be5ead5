/**
 * Named entities: spans of a text, as tags of its characters and of its pieces, and back. Places
 * are in characters, which are code points, of the text as it was given.
 */
package io.dialogbert.task.tag;
