package io.dialogbert.train;

import java.io.Serializable;

/**
 * All that training changes.
 *
 * @param params the network's flat parameters
 * @param updater the optimiser's flat state (for Adam, both moments); empty before the first step
 * @param step optimiser steps done
 */
public record TrainerState(float[] params, float[] updater, long step) implements Serializable {}
