package dev.burgage.control.web;

import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// The last resort of the servlet container's error dispatch. [ProblemAdvice] leaves it next to
/// nothing: an exception out of a filter.
@Hidden
@RestController
class FallbackErrorController implements ErrorController {
  private final Refusals refusals;

  FallbackErrorController(Refusals refusals) {
    this.refusals = refusals;
  }

  @RequestMapping("/error")
  ResponseEntity<byte[]> error(HttpServletRequest request) {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    ErrorCode code =
        status instanceof Integer number && number < 500
            ? ErrorCode.INVALID_REQUEST
            : ErrorCode.INTERNAL;
    return refusals.answer(request, code, code.title());
  }
}
