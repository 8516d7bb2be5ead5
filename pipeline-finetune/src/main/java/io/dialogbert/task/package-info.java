/** What a task's examples are, and how a reply's context becomes tokens. Plain Java. */
package io.dialogbert.task;
