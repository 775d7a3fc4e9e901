/** What a user asks for: the spec of a sweep, read strictly. */
package org.saddlemap.spec;
