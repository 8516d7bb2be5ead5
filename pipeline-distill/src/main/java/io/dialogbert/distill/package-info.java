/** The job {@code distill}: a small student of a large teacher. */
package io.dialogbert.distill;
