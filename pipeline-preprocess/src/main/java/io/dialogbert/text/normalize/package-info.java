/** Unicode: one form for text and for ids that look alike. The lowest floor of {@code text}. */
package io.dialogbert.text.normalize;
