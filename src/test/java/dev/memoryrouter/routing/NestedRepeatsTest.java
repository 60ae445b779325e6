package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NestedRepeatsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          licen[cs]e|gdpr       ; 1
          a{3}b{900}            ; 900
          a{2,5}                ; 5
          a{7,}                 ; 7
          (a{10}){10}           ; 100
          (a{10}|b{30}){2,4}c   ; 120
          ((a{500}){500}){500}  ; 125000000
          (a{10})*(b{20})+      ; 20
          (a{10}               ; 10
          a{10})                ; 10
          \\({100}             ; 100
          [(]{100}              ; 100
          []{9}]{2}             ; 2
          [^]{9}]{2}            ; 2
          [[:alpha:]{9}]{2}     ; 2
          [\\]{9}]{2}          ; 2
          a\\{900}             ; 1
          a{x}                  ; 1
          a{,5}                 ; 1
          a{                    ; 1
          \\x{1000}a           ; 1
          \\p{Greek}{3}        ; 3
          \\Q(a{9}){9}\\E{2}   ; 2
          """)
  void in_expression_countsCopies(String regex, long copies) {
    assertThat(NestedRepeats.in(regex.replace("\\\\", "\\"))).isEqualTo(copies);
  }
}
