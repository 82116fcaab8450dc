import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("inspect")
struct InspectTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("lists the tensors and metadata of a safetensors file")
  func safeTensors() throws {
    let path = folder.path("m.safetensors")
    try SafeTensorsFile(
      tensors: [
        ("0.weight", HostTensor([Float](repeating: 1, count: 1200), shape: [30, 40])),
        ("count", HostTensor(scalar: Int64(3))),
      ], metadata: ["format": "pt", "config": "a: 1\nb: 2\n"]
    ).write(to: path)
    let output = try CommandLine.succeed("inspect", path)
    #expect(output.hasPrefix("\(path): safetensors\n"))
    #expect(output.firstMatch(of: /\n0\.weight +float32 +\[30, 40\] +1,200 +4\.7 KiB\n/) != nil)
    #expect(output.firstMatch(of: /\ncount +int64 +\[\] +1 +8 B\n/) != nil)
    #expect(output.firstMatch(of: /\n2 in all +1,201 +4\.7 KiB\n/) != nil)
    #expect(output.contains("metadata\n  config:\n    a: 1\n    b: 2\n  format: pt\n"))
  }

  @Test("names the type in the file, not that in memory")
  func storedTypes() throws {
    let header = #"{"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}"#
    var bytes = Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    bytes += Data(header.utf8) + Data(count: 6)
    let path = try folder.write(bytes, to: "half.safetensors")
    let output = try CommandLine.succeed("inspect", path)
    #expect(output.firstMatch(of: /\na +bfloat16 +\[3\] +3 +6 B\n/) != nil)
  }

  @Test("lists the arrays of NPY and NPZ files")
  func numpy() throws {
    let tensor = HostTensor([Int32](0..<6), shape: [2, 3])
    try NPY.write(tensor, to: folder.path("a.npy"))
    try NPZ.write([("x", tensor), ("y", HostTensor([1.5]))], to: folder.path("b.npz"))
    let array = try CommandLine.succeed("inspect", folder.path("a.npy"))
    #expect(array.contains("NPY") && array.contains("int32") && array.contains("[2, 3]"))
    let archive = try CommandLine.succeed("inspect", folder.path("b.npz"))
    #expect(archive.firstMatch(of: /\nx +int32 +\[2, 3\] +6 +24 B\ny +float64 +\[1\]/) != nil)
  }

  @Test("reads IDX files, compressed or not, whatever they are called", arguments: [false, true])
  func idx(compressed: Bool) throws {
    let bytes: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]
    let data = Data(compressed ? Gzip.deflate(bytes) : bytes)
    for name in ["a.idx", "a.idx.gz", "labels-ubyte", "unknown"] {
      let output = try CommandLine.succeed("inspect", try folder.write(data, to: name))
      #expect(output.contains("IDX"))
      #expect(output.firstMatch(of: /uint8 +\[2, 2\] +4 +4 B/) != nil)
    }
  }

  @Test("refuses missing and damaged files and other formats")
  func refusals() throws {
    let tensor = HostTensor([Float](repeating: 2, count: 100))
    let model = folder.path("m.safetensors")
    try SafeTensorsFile(tensors: [("layer.weight", tensor)]).write(to: model)
    let whole = try Data(contentsOf: URL(filePath: model))
    let cut = try folder.write(whole.dropLast(3), to: "cut.safetensors")
    try CommandLine.fail(
      ["inspect", cut], saying: [cut, "tensor \"layer.weight\"", "truncated"])
    let packed = Data(Gzip.deflate([0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4]))
    let half = try folder.write(packed.dropLast(9), to: "half.idx.gz")
    try CommandLine.fail(["inspect", half], saying: [half])
    try NPZ.write([("x", tensor)], to: folder.path("a.npz"))
    let archive = try Data(contentsOf: URL(filePath: folder.path("a.npz")))
    let short = try folder.write(archive.prefix(200), to: "short.npz")
    try CommandLine.fail(["inspect", short], saying: [short])
    try CommandLine.fail(["inspect", folder.path("none.npy")], saying: ["no such file"])
    try CommandLine.fail(["inspect", folder.path], saying: ["is a folder"])
    let text = try folder.write("hello", to: "text.txt")
    try CommandLine.fail(["inspect", text], saying: [text, "neither", ".safetensors"])
  }
}
