declare module 'virtual:lakeshare-theme.css';
