/// Who is asking: the routes by which Cloudflare's tools find out what their token is good for.
@NullMarked
package dev.burgage.control.cloudflare.user;

import org.jspecify.annotations.NullMarked;
