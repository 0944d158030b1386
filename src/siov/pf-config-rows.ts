// The configuration space of SRD's PF (SRD §3), one line per field, in the order of their offsets.
// Read by `config-space-table.ts`, which says what the columns mean:
//
//   offset | bits | access | reset by | bound or free | reset value | name | options

/** Type 0 header. */
export const PF_HEADER = `
000 15:0  HwInit -  bound vendorId Vendor ID
002 15:0  HwInit -  bound deviceId Device ID
004 0     RW     cf free  0 I/O Space Enable
004 1     RW     cf bound 0 Memory Space Enable
004 2     RW     cf bound 0 Bus Master Enable
004 3     RO     -  free  0 Special Cycle Enable
004 4     RO     -  free  0 Memory Write and Invalidate
004 5     RO     -  free  0 VGA Palette Snoop
004 6     RW     cf free  0 Parity Error Response
004 7     RO     -  free  0 IDSEL Stepping/Wait Cycle Control
004 8     RW     cf free  0 SERR# Enable
004 9     RO     -  free  0 Fast Back-to-Back Transactions Enable
004 10    RW     cf free  0 Interrupt Disable
004 15:11 RsvdP  -  free  0 Reserved
006 0     RO     -  free  0 Immediate Readiness
006 3     RO     -  free  0 Interrupt Status
006 4     RO     -  bound 1 Capabilities List
006 8     RW1C   cf free  0 Master Data Parity Error
006 11    RW1C   cf free  0 Signaled Target Abort
006 12    RW1C   cf free  0 Received Target Abort
006 13    RW1C   cf free  0 Received Master Abort
006 14    RW1C   cf free  0 Signaled System Error
006 15    RW1C   cf free  0 Detected Parity Error
008 7:0   HwInit -  bound 1 Revision ID
009 23:0  RO     -  bound 0x120000 Class Code
00c 7:0   RW     cf free  0 Cache Line Size
00d 7:0   RO     -  free  0 Latency Timer
00e 6:0   RO     -  bound 0 Header Layout
00e 7     RO     -  free  0 Multi-Function Device
00f 7:0   RO     -  free  0 BIST
010 0     RO     -  bound 0 BAR0 Memory Space Indicator
010 2:1   RO     -  bound 2 BAR0 Type
010 3     RO     -  bound 0 BAR0 Prefetchable
010 63:4  RW     cf bound 0 BAR0 Base Address | size=0x200000
018 0     RO     -  bound 0 BAR2 Memory Space Indicator
018 2:1   RO     -  bound 2 BAR2 Type
018 3     RO     -  bound 1 BAR2 Prefetchable
018 63:4  RW     cf bound 0 BAR2 Base Address | size=pagesBytes
020 0     RO     -  bound 0 BAR4 Memory Space Indicator
020 2:1   RO     -  bound 2 BAR4 Type
020 3     RO     -  free  0 BAR4 Prefetchable
020 63:4  RW     cf bound 0 BAR4 Base Address | size=0x1000
028 31:0  RO     -  free  0 Cardbus CIS Pointer
02c 15:0  HwInit -  free  vendorId Subsystem Vendor ID
02e 15:0  HwInit -  free  deviceId Subsystem ID
030 31:0  RO     -  free  0 Expansion ROM Base Address
034 7:0   RO     -  bound 0x40 Capabilities Pointer
03c 7:0   RW     cf free  0 Interrupt Line
03d 7:0   RO     -  bound 0 Interrupt Pin
03e 7:0   RO     -  free  0 Min_Gnt
03f 7:0   RO     -  free  0 Max_Lat
`;

/** Power Management, 0x40. */
export const PF_POWER = `
040 7:0   RO     -  bound 1 Power Management Capability ID
041 7:0   RO     -  bound 0x50 Power Management Next Capability Pointer
042 2:0   RO     -  bound 3 PMC Version
042 3     RO     -  free  0 PME Clock
042 4     RO     -  free  0 Immediate_Readiness_on_Return_to_D0
042 5     RO     -  free  0 Device Specific Initialization
042 8:6   RO     -  free  0 Aux_Current
042 9     RO     -  bound 0 D1_Support
042 10    RO     -  bound 0 D2_Support
042 15:11 RO     -  free  0 PME_Support
044 1:0   RW     cf bound 0 PowerState | legal=0,3
044 3     RO     -  bound 1 No_Soft_Reset
044 8     RO     -  free  0 PME_En
044 12:9  RO     -  free  0 Data_Select
044 14:13 RO     -  free  0 Data_Scale
044 15    RO     -  free  0 PME_Status
047 7:0   RO     -  free  0 Data
`;

/** MSI-X, 0x50. */
export const PF_MSIX = `
050 7:0   RO     -  bound 0x11 MSI-X Capability ID
051 7:0   RO     -  bound 0x60 MSI-X Next Capability Pointer
052 10:0  RO     -  bound 0 MSI-X Table Size
052 13:11 RsvdP  -  free  0 Reserved
052 14    RW     cf bound 0 MSI-X Function Mask
052 15    RW     cf bound 0 MSI-X Enable
054 2:0   RO     -  bound 4 MSI-X Table BIR
054 31:3  RO     -  bound 0 MSI-X Table Offset
058 2:0   RO     -  bound 4 MSI-X PBA BIR
058 31:3  RO     -  bound 0x100 MSI-X PBA Offset
`;

/** PCI Express, 0x60. */
export const PF_PCIE = `
060 7:0   RO     -  bound 0x10 PCI Express Capability ID
061 7:0   RO     -  bound 0 PCI Express Next Capability Pointer
062 3:0   RO     -  bound 2 PCI Express Capability Version
062 7:4   RO     -  bound 0 Device/Port Type
062 8     HwInit -  free  0 Slot Implemented
062 13:9  RO     -  free  0 Interrupt Message Number
064 2:0   RO     -  bound maxPayloadCode Max_Payload_Size Supported
064 4:3   RO     -  free  0 Phantom Functions Supported
064 5     RO     -  bound 1 Extended Tag Field Supported
064 8:6   RO     -  free  0 Endpoint L0s Acceptable Latency
064 11:9  RO     -  free  0 Endpoint L1 Acceptable Latency
064 15    RO     -  bound 1 Role-Based Error Reporting
064 25:18 RO     -  free  0 Captured Slot Power Limit Value
064 27:26 RO     -  free  0 Captured Slot Power Limit Scale
064 28    RO     -  bound 1 Function Level Reset Capability
068 0     RW     cf bound 0 Correctable Error Reporting Enable
068 1     RW     cf bound 0 Non-Fatal Error Reporting Enable
068 2     RW     cf bound 0 Fatal Error Reporting Enable
068 3     RW     cf bound 0 Unsupported Request Reporting Enable
068 4     RW     cf bound 1 Enable Relaxed Ordering
068 7:5   RW     c  bound 0 Max_Payload_Size | legal=0,maxPayloadCode
068 8     RW     cf bound 0 Extended Tag Field Enable
068 9     RO     -  free  0 Phantom Functions Enable
068 10    RO     -  free  0 Aux Power PM Enable
068 11    RW     cf free  1 Enable No Snoop
068 14:12 RW     cf bound 2 Max_Read_Request_Size | legal=0,1,2,3,4,5
068 15    RW     -  bound 0 Initiate Function Level Reset | write=flr
06a 0     RW1C   cf free  0 Correctable Error Detected
06a 1     RW1C   cf free  0 Non-Fatal Error Detected
06a 2     RW1C   cf free  0 Fatal Error Detected
06a 3     RW1C   cf free  0 Unsupported Request Detected
06a 4     RO     -  free  0 AUX Power Detected
06a 5     RO     -  free  0 Transactions Pending
06c 31:0  RO     -  free  0 Link Capabilities
070 15:0  RW     c  free  0 Link Control
072 15:0  RO     -  free  0 Link Status
084 3:0   HwInit -  bound 0 Completion Timeout Ranges Supported
084 4     RO     -  bound 0 Completion Timeout Disable Supported
084 5     RO     -  free  0 ARI Forwarding Supported
084 6     RO     -  free  0 AtomicOp Routing Supported
084 7     RO     -  bound 0 32-bit AtomicOp Completer Supported
084 8     RO     -  bound 0 64-bit AtomicOp Completer Supported
084 9     RO     -  bound 0 128-bit CAS Completer Supported
084 11    RO     -  free  0 LTR Mechanism Supported
084 13:12 RO     -  free  0 TPH Completer Supported
084 16    HwInit -  bound 1 10-Bit Tag Completer Supported
084 17    HwInit -  bound 1 10-Bit Tag Requester Supported
084 20    RO     -  free  1 Extended Fmt Field Supported
084 21    HwInit -  free  pasid End-End TLP Prefix Supported
084 23:22 HwInit -  free  pasid Max End-End TLP Prefixes
088 3:0   RO     -  bound 0 Completion Timeout Value
088 4     RO     -  bound 0 Completion Timeout Disable
088 5     RO     -  free  0 ARI Forwarding Enable
088 6     RW     cf bound 0 AtomicOp Requester Enable | when=atomics
088 7     RO     -  free  0 AtomicOp Egress Blocking
088 8     RO     -  free  0 IDO Request Enable
088 9     RO     -  free  0 IDO Completion Enable
088 10    RO     -  free  0 LTR Mechanism Enable
088 12    RW     cf bound 0 10-Bit Tag Requester Enable
088 15    RO     -  free  0 End-End TLP Prefix Blocking
08c 31:0  HwInit -  free  0 Link Capabilities 2
090 15:0  RW     c  free  0 Link Control 2
092 15:0  RO     -  free  0 Link Status 2
`;

/** AER, 0x100. */
export const PF_AER = `
100 15:0  RO     -  bound 1 AER Extended Capability ID
102 3:0   RO     -  free  2 AER Capability Version
102 15:4  RO     -  bound 0x148 AER Next Capability Offset
104 4     RW1C   c  free  0 Data Link Protocol Error Status
104 5     RW1C   c  free  0 Surprise Down Error Status
104 12    RW1C   c  bound 0 Poisoned TLP Received Status
104 13    RW1C   c  free  0 Flow Control Protocol Error Status
104 14    RW1C   c  bound 0 Completion Timeout Status
104 15    RW1C   c  bound 0 Completer Abort Status
104 16    RW1C   c  bound 0 Unexpected Completion Status
104 17    RW1C   c  free  0 Receiver Overflow Status
104 18    RW1C   c  bound 0 Malformed TLP Status
104 19    RW1C   c  free  0 ECRC Error Status
104 20    RW1C   c  bound 0 Unsupported Request Error Status
104 21    RW1C   c  free  0 ACS Violation Status
104 22    RW1C   c  free  0 Uncorrectable Internal Error Status
104 23    RW1C   c  free  0 MC Blocked TLP Status
104 24    RW1C   c  free  0 AtomicOp Egress Blocked Status
104 25    RW1C   c  free  0 TLP Prefix Blocked Error Status
108 4     RW     c  bound 0 Data Link Protocol Error Mask | write=free
108 5     RW     c  bound 0 Surprise Down Error Mask | write=free
108 12    RW     c  bound 0 Poisoned TLP Received Mask
108 13    RW     c  bound 0 Flow Control Protocol Error Mask | write=free
108 14    RW     c  bound 0 Completion Timeout Mask
108 15    RW     c  bound 0 Completer Abort Mask
108 16    RW     c  bound 0 Unexpected Completion Mask
108 17    RW     c  bound 0 Receiver Overflow Mask | write=free
108 18    RW     c  bound 0 Malformed TLP Mask
108 19    RW     c  bound 0 ECRC Error Mask | write=free
108 20    RW     c  bound 0 Unsupported Request Error Mask
108 21    RW     c  bound 0 ACS Violation Mask | write=free
108 22    RW     c  bound 0 Uncorrectable Internal Error Mask | write=free
108 23    RW     c  bound 0 MC Blocked TLP Mask | write=free
108 24    RW     c  bound 0 AtomicOp Egress Blocked Mask | write=free
108 25    RW     c  bound 0 TLP Prefix Blocked Error Mask | write=free
10c 4     RW     c  bound 1 Data Link Protocol Error Severity | write=free
10c 5     RW     c  bound 1 Surprise Down Error Severity | write=free
10c 12    RW     c  bound 0 Poisoned TLP Received Severity
10c 13    RW     c  bound 1 Flow Control Protocol Error Severity | write=free
10c 14    RW     c  bound 0 Completion Timeout Severity
10c 15    RW     c  bound 0 Completer Abort Severity
10c 16    RW     c  bound 0 Unexpected Completion Severity
10c 17    RW     c  bound 1 Receiver Overflow Severity | write=free
10c 18    RW     c  bound 1 Malformed TLP Severity
10c 19    RW     c  bound 0 ECRC Error Severity | write=free
10c 20    RW     c  bound 0 Unsupported Request Error Severity
10c 21    RW     c  bound 0 ACS Violation Severity | write=free
10c 22    RW     c  bound 1 Uncorrectable Internal Error Severity | write=free
10c 23    RW     c  bound 0 MC Blocked TLP Severity | write=free
10c 24    RW     c  bound 0 AtomicOp Egress Blocked Severity | write=free
10c 25    RW     c  bound 0 TLP Prefix Blocked Error Severity | write=free
110 0     RW1C   c  free  0 Receiver Error Status
110 6     RW1C   c  free  0 Bad TLP Status
110 7     RW1C   c  free  0 Bad DLLP Status
110 8     RW1C   c  free  0 REPLAY_NUM Rollover Status
110 12    RW1C   c  free  0 Replay Timer Timeout Status
110 13    RW1C   c  free  0 Advisory Non-Fatal Error Status
110 14    RW1C   c  free  0 Corrected Internal Error Status
110 15    RW1C   c  free  0 Header Log Overflow Status
114 0     RW     c  bound 0 Receiver Error Mask | write=free
114 6     RW     c  bound 0 Bad TLP Mask | write=free
114 7     RW     c  bound 0 Bad DLLP Mask | write=free
114 8     RW     c  bound 0 REPLAY_NUM Rollover Mask | write=free
114 12    RW     c  bound 0 Replay Timer Timeout Mask | write=free
114 13    RW     c  bound 1 Advisory Non-Fatal Error Mask
114 14    RW     c  bound 0 Corrected Internal Error Mask | write=free
114 15    RW     c  bound 0 Header Log Overflow Mask | write=free
118 4:0   RO     c  free  0 First Error Pointer
118 31:5  RO     -  free  0 Advanced Error Capabilities and Control, other bits
11c 31:0  RO     c  free  0 Header Log 0
120 31:0  RO     c  free  0 Header Log 1
124 31:0  RO     c  free  0 Header Log 2
128 31:0  RO     c  free  0 Header Log 3
138 31:0  RO     c  free  0 TLP Prefix Log 0
13c 31:0  RO     c  free  0 TLP Prefix Log 1
140 31:0  RO     c  free  0 TLP Prefix Log 2
144 31:0  RO     c  free  0 TLP Prefix Log 3
`;

/** ARI, 0x148. */
export const PF_ARI = `
148 15:0  RO     -  bound 0xe ARI Extended Capability ID
14a 3:0   RO     -  bound 1 ARI Capability Version
14a 15:4  RO     -  bound afterAri ARI Next Capability Offset
14c 0     RO     -  free  0 MFVC Function Groups Capability
14c 1     RO     -  free  0 ACS Function Groups Capability
14c 15:8  RO     -  bound 0 Next Function Number
14e 15:0  RO     -  free  0 ARI Control
`;

/** SR-IOV, 0x150; present when totalVfs > 0. */
export const PF_SRIOV = `
150 15:0  RO     -  bound 0x10 SR-IOV Extended Capability ID
152 3:0   RO     -  bound 1 SR-IOV Capability Version
152 15:4  RO     -  bound afterSriov SR-IOV Next Capability Offset
154 0     RO     -  free  0 VF Migration Capable
154 1     RO     -  free  0 ARI Capable Hierarchy Preserved
154 2     HwInit -  bound 1 VF 10-Bit Tag Requester Supported
154 31:21 RO     -  free  0 VF Migration Interrupt Message Number
158 0     RW     cf bound 0 VF Enable | write=vfenable
158 1     RO     -  free  0 VF Migration Enable
158 2     RO     -  free  0 VF Migration Interrupt Enable
158 3     RW     cf bound 0 VF MSE
158 4     RW     c  free  0 ARI Capable Hierarchy
158 5     RW     cf bound 0 VF 10-Bit Tag Requester Enable
15a 0     RO     -  free  0 VF Migration Status
15c 15:0  HwInit -  bound totalVfs InitialVFs
15e 15:0  HwInit -  bound totalVfs TotalVFs
160 15:0  RW     cf bound 0 NumVFs
162 7:0   HwInit -  bound 0 Function Dependency Link
164 15:0  RO     -  bound firstVfOffset First VF Offset
166 15:0  RO     -  bound vfStride VF Stride
16a 15:0  RO     -  bound deviceId VF Device ID
16c 31:0  RO     -  bound 1 Supported Page Sizes
170 31:0  RW     cf bound 1 System Page Size | legal=1
174 0     RO     -  bound 0 VF BAR0 Memory Space Indicator
174 2:1   RO     -  bound 2 VF BAR0 Type
174 3     RO     -  free  0 VF BAR0 Prefetchable
174 63:4  RW     cf bound 0 VF BAR0 Base Address | size=0x1000
17c 31:0  RO     -  bound 0 VF BAR2
180 31:0  RO     -  bound 0 VF BAR3
184 31:0  RO     -  bound 0 VF BAR4
188 31:0  RO     -  bound 0 VF BAR5
18c 31:0  RO     -  free  0 VF Migration State Array Offset
`;

/** PASID, 0x190; present when `pasid`. */
export const PF_PASID = `
190 15:0  RO     -  bound 0x1b PASID Extended Capability ID
192 3:0   RO     -  bound 1 PASID Capability Version
192 15:4  RO     -  bound 0x1a0 PASID Next Capability Offset
194 1     RO     -  free  0 Execute Permission Supported
194 2     RO     -  free  0 Privileged Mode Supported
194 12:8  RO     -  bound 0x14 Max PASID Width
196 0     RW     cf bound 0 PASID Enable
196 1     RO     -  free  0 Execute Permission Enable
196 2     RO     -  free  0 Privileged Mode Enable
`;

/** SIOV, 0x1A0; see also `siov-capability.ts`. */
export const PF_SIOV = `
1a0 15:0  RO     -  bound 0x38 SIOV Extended Capability ID
1a2 3:0   RO     -  bound 1 SIOV Capability Version
1a2 15:4  RO     -  bound 0 SIOV Next Capability Offset
1a4 0     RO     -  bound mixedIov Mixed_IOV_Supported
1a4 1     RO     -  bound softwareRids Software-assigned RIDs Supported
1a4 31:2  RO     -  bound 0 SIOV Capabilities, other bits
1a8 15:0  RO     -  bound totalSdis Total SDIs
1aa 7:0   RsvdP  -  bound 0 Reserved
1ab 0     RO     cf bound 0 SIOV Status: an SDI is ENABLED, QUIESCING or RESETTING
1ab 7:1   RO     -  bound 0 SIOV Status, other bits
1ac 15:0  RO     -  bound firstSdiOffset First SDI Offset
1ae 15:0  RO     -  bound sdiStride SDI Stride
`;
