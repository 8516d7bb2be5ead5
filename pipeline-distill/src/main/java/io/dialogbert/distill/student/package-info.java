/**
 * Students as functions of a teacher: their shapes, and the values that they start from. Knows no
 * job and no cluster.
 */
package io.dialogbert.distill.student;
