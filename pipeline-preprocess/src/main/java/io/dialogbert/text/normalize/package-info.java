/** Unicode: one form for text, and for ids that look alike. The lowest layer of {@code text}. */
package io.dialogbert.text.normalize;
