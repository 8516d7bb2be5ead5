/**
 * Tokenizers: from text to token ids and back, and the files that hold them.
 *
 * <p>Start at {@link io.dialogbert.text.Tokenizer} and {@link io.dialogbert.text.TokenizerMethod},
 * which lists the parts of each method. Plain Java.
 */
package io.dialogbert.text;
