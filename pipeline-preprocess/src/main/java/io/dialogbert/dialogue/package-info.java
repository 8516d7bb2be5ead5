/** Messages, and how they become dialogues: sessions of turns, each in one split. Plain Java. */
package io.dialogbert.dialogue;
