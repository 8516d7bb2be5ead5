/** The job {@code find-student}: searches for the smallest student that still answers. */
package io.dialogbert.distill.search;
