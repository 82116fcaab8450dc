import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("damaged files of numbers are read or refused")
struct DamageTests {
  private let tensors: [(name: String, tensor: HostTensor)] = [
    ("0.weight", HostTensor((0..<12).map(Float.init), shape: [3, 4])),
    ("0.bias", HostTensor([1.5, 2.5])), ("count", HostTensor(scalar: Int64(3))),
  ]

  @Test func safeTensors() throws {
    let file = try SafeTensorsFile(tensors: tensors, metadata: ["a": "1", "b": "x\ny"]).encoded()
    expectRefusalOrSuccess(file, count: 1500) { _ = try SafeTensorsFile($0, at: "m") }
  }

  @Test func npy() throws {
    expectRefusalOrSuccess(NPY.encode(tensors[0].tensor), count: 1500) {
      _ = try NPY.decode($0, at: "a")
    }
  }

  @Test(arguments: [NPZ.Compression.stored, .deflated])
  func npz(compression: NPZ.Compression) throws {
    let folder = try TemporaryFolder()
    try NPZ.write(tensors, to: folder.path("a.npz"), compression: compression)
    let file = try FileBytes.read(folder.path("a.npz"))
    expectRefusalOrSuccess(file, count: 1500) { _ = try NPZ.decode($0, at: "a") }
  }

  @Test(arguments: [false, true]) func idx(isCompressed: Bool) {
    let file: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]
    expectRefusalOrSuccess(isCompressed ? Gzip.deflate(file) : file, count: 1500) {
      _ = try IDX.decode($0, at: "a")
    }
  }

  @Test("inspect handles damaged files as well", arguments: ["safetensors", "npz"])
  func listing(kind: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.\(kind)")
    if kind == "npz" {
      try NPZ.write(tensors, to: path, compression: .deflated)
    } else {
      try SafeTensorsFile(tensors: tensors, metadata: ["a": "1"]).write(to: path)
    }
    expectRefusalOrSuccess(try FileBytes.read(path), count: 300) { copy in
      try AtomicFile.write(path: path, isSynced: false) { (file) throws(NNError) in
        try file.write(copy)
      }
      _ = try FileContents(path)
    }
  }
}
