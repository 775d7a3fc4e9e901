/** Optimizers, clipping, schedules: what turns a gradient into a step. */
package org.saddlemap.optimize;
