/** The states of a training run on a file system that all workers see. */
package io.dialogbert.train.run;
