/** Cuts normalized text into the segments that tokens never cross: words or morphemes. */
package io.dialogbert.text.segment;
