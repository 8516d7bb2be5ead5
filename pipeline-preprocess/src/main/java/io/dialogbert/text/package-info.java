/**
 * Tokenizers: from text to token ids and back, and the files that hold them.
 *
 * <p>Start at {@link io.dialogbert.text.Tokenizer} and {@link io.dialogbert.text.TokenizerMethod},
 * which says what each method is made of. Plain Java.
 */
package io.dialogbert.text;
