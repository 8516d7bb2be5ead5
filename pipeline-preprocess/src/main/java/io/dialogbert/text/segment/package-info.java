/** Cuts normalized text into segments that tokens never cross: words or morphemes. */
package io.dialogbert.text.segment;
