/** {@code mine-reactions}: from dialogues to classes of short replies. */
package io.dialogbert.finetune.mine;
