/** The jobs {@code pretrain} and {@code evaluate-encoder}. */
package io.dialogbert.pretrain;
