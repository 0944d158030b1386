// The few signs of the page, drawn so that they look the same everywhere. Decoration: the words beside them say the same.
import type { ComponentChildren, VNode } from 'preact';

function icon(path: ComponentChildren): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {path}
    </svg>
  );
}

export const PassIcon = (): VNode => icon(<path d="M3.2 8.4 6.6 11.8 12.8 4.6" />);
export const FailIcon = (): VNode => icon(<path d="M4 4 12 12M12 4 4 12" />);
export const ErrorIcon = (): VNode => icon(<path d="M8 3v6M8 11.7v.6" />);
export const SkipIcon = (): VNode => icon(<path d="M3.5 8h9" />);
export const SearchIcon = (): VNode =>
  icon(
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>,
  );
export const CopyIcon = (): VNode =>
  icon(
    <>
      <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.2" />
      <path d="M3.2 10.2V4.4c0-.7.5-1.2 1.2-1.2h5.8" />
    </>,
  );
export const CloseIcon = (): VNode => icon(<path d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5" />);
export const ChevronIcon = (): VNode => icon(<path d="m6 4 4 4-4 4" />);
export const SunIcon = (): VNode =>
  icon(
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1" />
    </>,
  );
export const MoonIcon = (): VNode =>
  icon(<path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6Z" />);
export const AutoIcon = (): VNode =>
  icon(
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11A5.5 5.5 0 0 0 8 2.5Z" fill="currentColor" stroke="none" />
    </>,
  );

/** The mark of the project: a ridge. */
export const RidgeMark = (): VNode => (
  <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <path d="M2 18 8.2 7.4l3.3 5 3-4.2L22 18" />
  </svg>
);
