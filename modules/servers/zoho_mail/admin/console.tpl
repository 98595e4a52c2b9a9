From the <a href="{$console}" target="_blank" rel="noopener noreferrer">Zoho API console</a>: Add Client ID, kind “Server-based”.
