import NNCore
import NNKernels

/// Pooling's view of pictures [N, C, H, W]: N · C planes, each on its own.
struct Planes {
  let count: Int
  let picture: Size2D
  let dtype: DType

  /// Throws unless `type` is pictures of a floating-point type.
  init(_ name: String, _ type: TensorType) throws(OpError) {
    guard type.shape.rank == 4 else {
      throw OpError(
        "\(name) takes pictures [N, C, H, W], gets \(type.shape)",
        hint: "reshape to four axes; a single picture is a batch of 1")
    }
    guard type.dtype.isFloatingPoint else {
      throw OpError("\(name) takes float32 or float64, gets \(type.dtype)")
    }
    self.init(of: type)
  }

  /// The planes of a tensor that was found to be pictures.
  init(of type: TensorType) {
    count = type.shape[0] * type.shape[1]
    picture = Size2D(height: type.shape[2], width: type.shape[3])
    dtype = type.dtype
  }

  /// The same planes in another size.
  static func resized(_ type: TensorType, to size: Size2D) -> TensorType {
    TensorType([type.shape[0], type.shape[1], size.height, size.width], type.dtype)
  }

  /// Chunks of planes.
  ///
  /// - Parameter epilogue: Work on the finished planes, where they are the output.
  func kernel(
    epilogue: Epilogue? = nil, _ body: @escaping (_ planes: Range<Int>) -> Void
  ) -> Kernel {
    let area = picture.area
    return .elements(count, grain: max(1, 16384 / max(1, area))) { planes, worker in
      body(planes)
      epilogue?(planes.lowerBound * area..<planes.upperBound * area, worker: worker)
    }
  }
}
