/** Pieces, the vocabulary that numbers them, and the encoders that cut a segment into them. */
package io.dialogbert.text.piece;
