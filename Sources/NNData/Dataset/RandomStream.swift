/// The random streams of this module: each use has one of its own, so that uses are independent.
enum RandomStream {
  static let split: UInt32 = 0x4441_0001
  static let order: UInt32 = 0x4441_0002
  static let generatorNoise: UInt32 = 0x4441_0003
  static let generatorOrder: UInt32 = 0x4441_0004
  static let generatorCenters: UInt32 = 0x4441_0005
  static let batchOrder: UInt32 = 0x4441_0006
}
