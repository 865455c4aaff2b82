// RUN: aipu-opt %s --split-input-file --verify-diagnostics

aipu.program target "r329" tokens [] {
  // expected-error@+1 {{a buffer has an address, at least 1 byte and 1 slot}}
  %tile = aipu.buffer "tile" at 0 bytes 0 : !aipu.buffer<sram>
}

// -----

aipu.program target "r329" tokens [] {
  aipu.entry "main" inputs [] outputs [] {
    // expected-error@+1 {{the last credit must not be zero: leave it out}}
    aipu.launch "conv1" credits [1, 0]
  }
}

// -----

aipu.program target "r329" tokens [] {
  aipu.entry "main" inputs [] outputs [] {
    // expected-error@+1 {{a loop runs at least once}}
    aipu.loop "row" times 0 {
      aipu.sync mac
    }
  }
}

// -----

// expected-error@+1 {{the machine has 16 tokens, found 17}}
aipu.program target "r329" tokens [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] {
  %tile = aipu.buffer "tile" at 0 bytes 1 : !aipu.buffer<sram>
}

// -----

aipu.program target "r329" tokens [] {
  aipu.entry "main" inputs [] outputs [] {
    aipu.loop "a" times 1 {
      aipu.loop "b" times 1 {
        aipu.loop "c" times 1 {
          aipu.loop "d" times 1 {
            // expected-error@+1 {{hardware loops nest 4 deep}}
            aipu.loop "e" times 1 {
              aipu.sync mac
            }
          }
        }
      }
    }
  }
}
