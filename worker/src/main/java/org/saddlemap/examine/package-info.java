/** From a trained network to evidence and verdict. */
package org.saddlemap.examine;
