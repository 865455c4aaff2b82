// RUN: aipu-opt %s --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{the body must take what the group is given}}
  %0 = tile.group "work"(%x) {
  ^bb0(%1: tensor<5xf32>):
    tile.yield %1 : tensor<5xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{the body must end in tile.yield}}
  %0 = tile.group "work"(%x) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    func.return
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{the body must yield what the group returns}}
  %0 = tile.group "work"(%x) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %1, %1 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{tiles and slots count at least 1}}
  %0 = tile.group "work"(%x) schedule order [row] tile [1, 0, 1, 1] ws slots 2 {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %1 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{a loop twice in ['row', 'row']}}
  %0 = tile.group "work"(%x) schedule order [row, row] tile [1, 1, 1, 1] ws slots 2 {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %1 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{expected a tile [rows, columns, channels, depth]}}
  %0 = tile.group "work"(%x) schedule order [row] tile [1, 1, 1] ws slots 2 {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %1 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{rs}}
  %0 = tile.group "work"(%x) schedule order [row] tile [1, 1, 1, 1] rs slots 2 {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %1 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{the body must hold an operator}}
  %0 = tile.group "work"(%x) {
  ^bb0(%1: tensor<4xf32>):
    tile.yield %1 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

// A schedule, a buffer and a row of a report are found by the name of the work.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tile.group "work"(%x) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error@below {{two groups are called 'work'}}
  %3 = tile.group "work"(%0) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.neg %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %3 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{rows, images, slots and channels count at least 1}}
  %0 = tile.group "work"(%x) schedule rows 0 weights [once] ws {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2 : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{1 results have names, the group has 2}}
  %a, %b = tile.group "b"(%x) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    %3 = nn.abs %2 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2, %3 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  func.return %b : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{two results have the same name}}
  %a, %b = tile.group "b" also ["b"](%x) {
  ^bb0(%1: tensor<4xf32>):
    %2 = nn.abs %1 : (tensor<4xf32>) -> tensor<4xf32>
    %3 = nn.abs %2 : (tensor<4xf32>) -> tensor<4xf32>
    tile.yield %2, %3 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  func.return %b : tensor<4xf32>
}
