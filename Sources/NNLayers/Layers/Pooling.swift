import NNCore
public import NNGraph

/// The maximum of each window of each channel (PyTorch's `MaxPool2d`).
///
/// Input [N, C, H, W]; output [N, C, H′, W′].
public struct MaxPool2D: Layer {
  /// The window's height and width.
  public let kernelSize: Size2D
  /// The step between neighbouring windows; the kernel's size by default.
  public let stride: Size2D
  /// The padding on each side, which counts as −∞.
  public let padding: Size2D
  /// The step between the elements of a window.
  public let dilation: Size2D
  /// Whether a last window may extend past the border.
  public let ceilMode: Bool

  /// Creates the layer.
  public init(
    _ kernelSize: Size2D, stride: Size2D? = nil, padding: Size2D = 0, dilation: Size2D = 1,
    ceilMode: Bool = false
  ) {
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.dilation = dilation
    self.ceilMode = ceilMode
  }

  /// The name in tables and error messages: `MaxPool2D 2×2`.
  public var description: String { "MaxPool2D \(kernelSize)" }

  /// Adds the pooling to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 4 else {
      return scope.reject(input, expected: "images [N, C, H, W]")
    }
    return input.maxPool2D(
      kernel: kernelSize, stride: stride,
      padding: Padding2D(height: padding.height, width: padding.width), dilation: dilation,
      ceilMode: ceilMode)
  }
}

/// The mean of each window of each channel (PyTorch's `AvgPool2d`).
///
/// Input [N, C, H, W]; output [N, C, H′, W′].
public struct AvgPool2D: Layer {
  /// The window's height and width.
  public let kernelSize: Size2D
  /// The step between neighbouring windows; the kernel's size by default.
  public let stride: Size2D
  /// The zeros added on each side.
  public let padding: Size2D
  /// Whether a last window may extend past the border.
  public let ceilMode: Bool
  /// Whether padding counts in the divisor.
  public let countIncludePad: Bool
  /// The divisor that replaces the window's size; nil for the window's size.
  public let divisorOverride: Int?

  /// Creates the layer.
  public init(
    _ kernelSize: Size2D, stride: Size2D? = nil, padding: Size2D = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
    self.divisorOverride = divisorOverride
  }

  /// The name in tables and error messages: `AvgPool2D 2×2`.
  public var description: String { "AvgPool2D \(kernelSize)" }

  /// Adds the pooling to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 4 else {
      return scope.reject(input, expected: "images [N, C, H, W]")
    }
    return input.avgPool2D(
      kernel: kernelSize, stride: stride,
      padding: Padding2D(height: padding.height, width: padding.width), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

/// The mean of windows chosen so that the output has a given size (PyTorch's `AdaptiveAvgPool2d`).
///
/// Input [N, C, H, W]; output [N, C, height, width]. Output cell i covers
/// ⌊i·in/out⌋ ..< ⌈(i + 1)·in/out⌉.
public struct AdaptiveAvgPool2D: Layer {
  /// The output's height; nil keeps the input's.
  public let height: Int?
  /// The output's width; nil keeps the input's.
  public let width: Int?

  /// Creates the layer from the output's size; nil keeps the input's.
  public init(height: Int?, width: Int?) {
    self.height = height
    self.width = width
  }

  /// Creates the layer for a square output; 1 averages each channel.
  public init(_ size: Int) { self.init(height: size, width: size) }

  /// The name in tables and error messages: `AdaptiveAvgPool2D 1×1`.
  public var description: String {
    let sizes = [height, width].map { $0.map(String.init) ?? "_" }
    return "AdaptiveAvgPool2D \(sizes[0])×\(sizes[1])"
  }

  /// Adds the pooling to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 4 else {
      return scope.reject(input, expected: "images [N, C, H, W]")
    }
    let size = Size2D(height: height ?? input.shape[2], width: width ?? input.shape[3])
    guard size.height > 0, size.width > 0 else {
      return scope.rejectOption("needs a positive output size, got \(size)")
    }
    return input.adaptiveAvgPool2D(size)
  }
}

/// The mean of each channel (global average pooling). Input [N, C, H, W]; output [N, C].
public struct GlobalAvgPool2D: Layer {
  /// Creates the layer.
  public init() {}

  /// The name in tables and error messages: `GlobalAvgPool2D`.
  public var description: String { "GlobalAvgPool2D" }

  /// Adds the mean to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 4 else {
      return scope.reject(input, expected: "images [N, C, H, W]")
    }
    return input.mean(axes: [2, 3])
  }
}
