/** Networks in the formats of other libraries: Hugging Face's directories and ONNX. */
package io.dialogbert.export;
