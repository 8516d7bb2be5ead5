/** The examples of a task, and how a reply's context becomes tokens. Plain Java. */
package io.dialogbert.task;
