/** The job {@code distill}: trains a small student from a large teacher. */
package io.dialogbert.distill;
