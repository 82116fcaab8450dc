import NNCore
import NNFormats

/// Where named arrays are.
enum ArrayContainer {
  /// In an NPZ file.
  case archive(String)
  /// Each in an NPY file, whose path is the name.
  case files

  /// The place of an array in messages.
  func place(of name: String) -> String {
    switch self {
    case .archive(let path): "\(path): array \"\(name)\""
    case .files: name
    }
  }

  /// Reads a whole array.
  ///
  /// - Throws: `NNError` as `NPZ.read` and `NPY.read` do.
  func read(_ name: String) throws(NNError) -> HostTensor {
    switch self {
    case .archive(let path): try NPZ.read(name, from: path)
    case .files: try NPY.read(name)
    }
  }

  /// Opens an array, of which rows are read when they are needed.
  ///
  /// - Throws: `NNError` as the initializers of `RowFile` do.
  func rows(_ name: String) throws(NNError) -> RowFile {
    switch self {
    case .archive(let path): try RowFile(npz: path, array: name)
    case .files: try RowFile(npy: name)
    }
  }
}
