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
            aipu.loop "e" times 1 {
              // expected-error@+1 {{hardware loops nest 5 deep}}
              aipu.loop "f" times 1 {
                aipu.sync mac
              }
            }
          }
        }
      }
    }
  }
}

// -----

// A program is sound when it is read, not only when it is run: every name is known, every
// list as long as the instruction has it, every loop that an index follows around it.
aipu.program target "r329" tokens [full] {
  %tile = aipu.buffer "tile" at 0 bytes 1 : !aipu.buffer<sram>
  aipu.entry "main" inputs [] outputs [] {
    // expected-error@+1 {{unknown token 'ful'}}
    aipu.sync mac wait [ful]
  }
}

// -----

// expected-error@+1 {{the token 'full' is there twice}}
aipu.program target "r329" tokens [full, full] {
  %tile = aipu.buffer "tile" at 0 bytes 1 : !aipu.buffer<sram>
}

// -----

aipu.program target "r329" tokens [full] {
  %tile = aipu.buffer "tile" at 0 bytes 1 : !aipu.buffer<sram>
  // expected-error@+1 {{the buffer 'tile' is there twice}}
  %other = aipu.buffer "tile" at 8 bytes 1 : !aipu.buffer<sram>
}

// -----

aipu.program target "r329" tokens [] {
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
  // expected-error@+1 {{unknown buffer 'tyle'}}
  aipu.entry "main" inputs [tyle] outputs [] {
    aipu.launch "work" credits []
  }
}

// -----

aipu.program target "r329" tokens [] {
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
  aipu.entry "main" inputs [] outputs [] {
    aipu.launch "work" credits []
    // expected-error@+1 {{'ifm' follows 1 loops; loops around it: 0}}
    aipu.vector.lookup %tile slot d0, %tile -> %tile elements 4
  }
}

// -----

aipu.program target "r329" tokens [] {
  %image = aipu.buffer "image" at 0 bytes 16 : !aipu.buffer<dram>
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
  aipu.entry "main" inputs [] outputs [] {
    aipu.launch "work" credits []
    // expected-error@+1 {{'shape' has 4 entries, found 3}}
    aipu.dma.load %tile, %image shape [1, 1, 16] strides [16, 16, 16, 1] origin [0, 0, 0, 0] box [1, 1, 1, 16] : !aipu.buffer<dram>
  }
}

// -----

aipu.program target "r329" tokens [] {
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
  aipu.entry "main" inputs [] outputs [] {
    aipu.launch "work" credits []
    // expected-error@+1 {{the work 'work' is there twice}}
    aipu.launch "work" credits []
  }
}

// -----

aipu.program target "r329" tokens [] {
  %image = aipu.buffer "image" at 0 bytes 16 : !aipu.buffer<dram>
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
  aipu.entry "main" inputs [] outputs [] {
    aipu.launch "work" credits []
    // expected-error@+1 {{nn.weight is not an instruction}}
    %w = nn.weight "w" : tensor<4xi8>
  }
}

// -----

aipu.program target "r329" tokens [] {
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
}
// expected-error@+1 {{a module has one program, this is another}}
aipu.program target "r329" tokens [] {
  %tile = aipu.buffer "tile" at 0 bytes 16 : !aipu.buffer<sram>
}

// -----

// An entry point takes and gives the bytes of its function.
func.func private @main(tensor<16x!quant.uniform<i8, 0.5:0>>) -> ()
aipu.program target "r329" tokens [] {
  %image = aipu.buffer "image" at 0 bytes 8 : !aipu.buffer<dram>
  // expected-error@+1 {{the buffer 'image' holds 8 bytes, the function @main has tensor<16x!quant.uniform<i8, 0.5:0>> there}}
  aipu.entry "main" inputs [image] outputs [] {
    aipu.launch "work" credits []
  }
}

// -----

func.func private @main(tensor<16x!quant.uniform<i8, 0.5:0>>) -> ()
aipu.program target "r329" tokens [] {
  %image = aipu.buffer "image" at 0 bytes 8 : !aipu.buffer<dram>
  // expected-error@+1 {{the entry point has 0 inputs, the function @main has 1}}
  aipu.entry "main" inputs [] outputs [] {
    aipu.launch "work" credits []
  }
}
