/** What stands on the encoder: heads, their losses and scores. Knows no DL4J. */
package io.dialogbert.model.head;
